/** What writes a log, with its construct path, where the assembly has it: such as `Shop/Api/Handlers/orders/Function/Resource`. */
export interface LogSource {
  readonly logGroup: string;
  readonly kind: 'access' | 'function' | 'webAcl';
  readonly path: string | undefined;
}

/** The last constructs of a path, which say nothing: those inside a function, its log group, or an API. */
const INNER = ['Resource', 'Default', 'Function', 'Logs', 'LogGroup'];

/**
 * A file for each log group, named as a person would look for it, without `.log`: `access` for the access log of an API, `web-acl` for
 * that of its web ACL, and the last part of its construct path for a function, such as `orders`. With several APIs, what belongs to one is in its folder. Names that would be
 * the same, also on a disk that ignores case, become whole paths.
 */
export function logFilesOf(sources: readonly LogSource[]): Readonly<Record<string, string>> {
  const folders = new Set(sources.filter(({ kind }) => kind === 'access').map(folderOf));
  const short = (source: LogSource) => {
    const folder = folderOf(source);
    return folders.size > 1 && folders.has(folder) ? `${folder}/${nameOf(source)}` : nameOf(source);
  };
  const groups = Map.groupBy(sources, (source) => short(source).toLowerCase());
  const isOnly = (source: LogSource) =>
    new Set(groups.get(short(source).toLowerCase())?.map(({ logGroup }) => logGroup)).size === 1;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  // The access log is looked for most, so it has its name whatever functions are called.
  for (const source of sources.toSorted((one, other) => one.kind.localeCompare(other.kind))) {
    const { logGroup, path, kind } = source;
    if (names.has(logGroup)) continue;
    const whole = path === undefined ? safe(logGroup.replace(/^\//, '')) : safe(partsOf(path).join('-'));
    const isShort = path !== undefined && (kind === 'access' || isOnly(source));
    const candidates = [...(isShort ? [short(source)] : []), whole, `${whole}-${safe(logGroup)}`];
    const name = candidates.find((one) => !taken.has(one.toLowerCase())) ?? `${whole}-${names.size}`;
    names.set(logGroup, name);
    taken.add(name.toLowerCase());
  }
  return Object.fromEntries(names);
}

/** The name of the file of a log group, also of one that the stack does not name. */
export function logFileOf(logGroup: string, names: Readonly<Record<string, string>>): string {
  return Object.hasOwn(names, logGroup) ? (names[logGroup] ?? '') : safe(logGroup.replace(/^\//, ''));
}

function nameOf(source: LogSource): string {
  if (source.kind === 'access') return 'access';
  if (source.kind === 'webAcl') return 'web-acl';
  const last = partsOf(source.path ?? '').at(-1) ?? '';
  return safe(`${last.slice(0, 1).toLowerCase()}${last.slice(1)}`);
}

/** The construct of an API: what is right below the stack. */
function folderOf({ path = '' }: LogSource): string {
  return safe(path.split('/')[1] ?? '');
}

/** The constructs that distinguish a path from others, without the stack. */
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
