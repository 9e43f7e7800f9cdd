/** A profile of V8, as `--cpu-prof` writes it. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node of each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Whose code a frame is. */
type Owner = 'bundle' | 'node' | 'runtime' | 'engine';

interface Frame {
  readonly name: string;
  readonly owner: Owner;
  microseconds: number;
  readonly children: Map<string, Frame>;
}

const WIDTH = 1_200;
const ROW_HEIGHT = 17;
const TOP = 46;
/** Narrower frames cannot be read. */
const MIN_WIDTH = 2;
const CHARACTER_WIDTH = 6.6;
const OWNERS: Readonly<Record<Owner, { readonly label: string; readonly light: string; readonly dark: string }>> = {
  bundle: { label: 'the bundle of the function', light: '#f4a259', dark: '#a8632a' },
  node: { label: 'Node', light: '#8cb9e8', dark: '#3c6792' },
  runtime: { label: 'the runtime of the bench', light: '#b7c9b0', dark: '#55704c' },
  engine: { label: 'V8', light: '#d5bfe3', dark: '#6c5380' },
};
/** `executeUserEntryPoint` starts the process, which is no part of an invocation. */
const NOT_WORK = new Set(['(idle)', '(program)', 'executeUserEntryPoint']);

/**
 * Draws a profile as a flame graph: callers below, what they call above them, widths by time. Frames have names only, no path of the machine.
 * The SVG has its own colours for light and dark pages.
 */
export function flameGraph(profile: CpuProfile, title: string): string {
  const root = treeOf(profile);
  const scale = WIDTH / root.microseconds;
  const rows = layout(root, scale);
  const depth = Math.max(0, ...rows.map(({ level }) => level)) + 1;
  const height = TOP + depth * ROW_HEIGHT + 8;
  const frames = rows.map(({ frame, level, x }) => {
    const width = frame.microseconds * scale;
    const y = TOP + (depth - 1 - level) * ROW_HEIGHT;
    const share = `${((100 * frame.microseconds) / root.microseconds).toFixed(1)} %`;
    const shown = frame.name.slice(0, Math.max(0, Math.floor((width - 6) / CHARACTER_WIDTH)));
    const label = shown.length < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(shown)}</text>`;
    const box = `<rect class="${frame.owner}" x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${ROW_HEIGHT - 1}"/>`;
    return `<g><title>${escaped(frame.name)}: ${share}</title>${box}${label}</g>`;
  });
  const legend = Object.entries(OWNERS).map(([owner, { label }], i) => {
    const x = 8 + i * 230;
    return `<rect class="${owner}" x="${x}" y="26" width="12" height="12"/><text x="${x + 17}" y="36">${label}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${styles()}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="8" y="17">${escaped(title)}</text>`,
    ...legend,
    ...frames,
    '</svg>',
    '',
  ].join('\n');
}

/** Frames of one name below one caller are one frame. */
function treeOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Frame = { name: 'all', owner: 'engine', microseconds: 0, children: new Map() };
  const pathOf = (id: number): readonly ProfileNode[] => {
    const path: ProfileNode[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = byId.get(at);
      if (node !== undefined && node.callFrame.functionName !== '(root)') path.unshift(node);
    }
    return path;
  };
  const totals = new Map<number, number>();
  samples.forEach((id, i) => {
    totals.set(id, (totals.get(id) ?? 0) + Math.max(0, timeDeltas[i] ?? 0));
  });
  for (const [id, microseconds] of totals) {
    const path = pathOf(id);
    if (path.some(({ callFrame }) => NOT_WORK.has(callFrame.functionName))) continue;
    root.microseconds += microseconds;
    let frame = root;
    for (const { callFrame } of path) {
      const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
      const known = frame.children.get(name);
      const child = known ?? { name, owner: ownerOf(callFrame.url), microseconds: 0, children: new Map() };
      if (known === undefined) frame.children.set(name, child);
      child.microseconds += microseconds;
      frame = child;
    }
  }
  return root;
}

function ownerOf(url: string): Owner {
  if (url.endsWith('/runtimeApi/loop.ts')) return 'runtime';
  if (url.startsWith('file:')) return 'bundle';
  // Node removes the types of the loop with a module of WebAssembly.
  return url.startsWith('node:') || url.startsWith('wasm:') ? 'node' : 'engine';
}

/** Frames that can be seen, the widest first beside each other. */
function layout(root: Frame, scale: number): readonly { frame: Frame; level: number; x: number }[] {
  const rows: { frame: Frame; level: number; x: number }[] = [];
  const place = (frame: Frame, level: number, x: number) => {
    if (frame.microseconds * scale < MIN_WIDTH) return;
    rows.push({ frame, level, x });
    let left = x;
    for (const child of [...frame.children.values()].sort((a, b) => b.microseconds - a.microseconds)) {
      place(child, level + 1, left);
      left += child.microseconds * scale;
    }
  };
  place(root, 0, 0);
  return rows;
}

function styles(): string {
  const colours = (mode: 'light' | 'dark') =>
    Object.entries(OWNERS)
      .map(([owner, colour]) => `.${owner}{fill:${colour[mode]}}`)
      .join('');
  const text =
    'text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}.title{font-size:13px;font-weight:600}';
  const dark = '.page{fill:#0d1117}text{fill:#e6edf3}';
  return `.page{fill:#fff}${text}${colours('light')}@media(prefers-color-scheme:dark){${dark}${colours('dark')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
