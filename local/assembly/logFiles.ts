/** What writes a log, with its construct path, where the assembly has it: such as `Shop/Api/Handlers/orders/Function/Resource`. */
export interface LogSource {
  readonly logGroup: string;
  readonly kind: 'access' | 'function';
  readonly path: string | undefined;
}

/** The last constructs of a path, which say nothing: those inside a function, its log group, or an API. */
const INNER = ['Resource', 'Default', 'Function', 'Logs', 'LogGroup'];

/**
 * A file for each log group, named as a person would look for it, without `.log`: `access` for the access log of an API, and the last part
 * of its construct path for a function, such as `orders`. With several APIs, what belongs to one is in its folder. Names that would be
 * the same, also on a disk that ignores case, become whole paths.
 */
export function logFilesOf(sources: readonly LogSource[]): Readonly<Record<string, string>> {
  const folders = sources.filter(({ kind }) => kind === 'access').map(folderOf);
  const several = new Set(folders).size > 1 ? new Set(folders) : new Set<string>();
  const short = (source: LogSource) => {
    const folder = folderOf(source);
    return several.has(folder) ? `${folder}/${nameOf(source)}` : nameOf(source);
  };
  const named = new Map<string, string>();
  const taken = new Set<string>();
  // The access log is looked for most.
  const ordered = sources.toSorted((one, other) => Number(one.kind !== 'access') - Number(other.kind !== 'access'));
  const same = Map.groupBy(
    ordered.filter(({ path }) => path !== undefined),
    (source) => short(source).toLowerCase(),
  );
  for (const source of ordered) {
    const { logGroup, path, kind } = source;
    if (named.has(logGroup)) continue;
    const groups = new Set((same.get(short(source).toLowerCase()) ?? []).map((one) => one.logGroup));
    const isUnique =
      path !== undefined && (groups.size === 1 || kind === 'access') && !taken.has(short(source).toLowerCase());
    const whole = path === undefined ? safe(logGroup.replace(/^\//, '')) : safe(partsOf(path).join('-'));
    const name = [isUnique ? short(source) : whole, whole, safe(`${whole}-${logGroup}`)].find(
      (one) => !taken.has(one.toLowerCase()),
    );
    named.set(logGroup, name ?? safe(logGroup));
    taken.add((name ?? '').toLowerCase());
  }
  return Object.fromEntries(named);
}

/** The name of the file of a log group, also of one that the stack does not name. */
export function logFileOf(logGroup: string, names: Readonly<Record<string, string>>): string {
  return Object.hasOwn(names, logGroup) ? (names[logGroup] ?? '') : safe(logGroup.replace(/^\//, ''));
}

function nameOf(source: LogSource): string {
  if (source.kind === 'access') return 'access';
  const last = partsOf(source.path ?? '').at(-1) ?? '';
  return safe(`${last.slice(0, 1).toLowerCase()}${last.slice(1)}`);
}

/** The construct of an API: what is right below the stack. */
function folderOf({ path = '' }: LogSource): string {
  return safe(path.split('/')[1] ?? '');
}

/** The constructs of a path that tell it from others, without the stack. */
function partsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1);
  while (parts.length > 1 && INNER.includes(parts.at(-1) ?? '')) parts.pop();
  return parts;
}

/** A name that a path can have. */
function safe(name: string): string {
  const kept = name.replace(/[^A-Za-z0-9.#-]/g, '_');
  return kept.replace(/^\.+/, '_') || '_';
}
