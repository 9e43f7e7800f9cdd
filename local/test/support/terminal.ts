import { redactString } from '../../../lambdas/shared/redact.ts';
import type { GatewayOptions } from '../../gateway/gateway.ts';
import {
  createTerminal,
  type RequestedApi,
  type Terminal,
  type TerminalOptions,
} from '../../serve/terminal/terminal.ts';

/** A terminal for requests to one API. */
type TerminalOfApi = Omit<Terminal, 'ended'> & { readonly ended: NonNullable<GatewayOptions['ended']> };

/** What a terminal prints, without the times. */
export function printed(
  use: (terminal: TerminalOfApi) => void,
  { noteOf = () => undefined, ...more }: Partial<TerminalOptions & RequestedApi> = {},
): string {
  const lines: string[] = [];
  const terminal = createTerminal({
    print: (line) => lines.push(line),
    redact: redactString,
    nameOf: (group) => group.slice(group.lastIndexOf('/') + 1),
    apiOf: () => undefined,
    directory: '/project',
    ...more,
  });
  use({ ...terminal, ended: (state, ending, rejection) => terminal.ended(state, ending, rejection, { noteOf }) });
  terminal.flush();
  return lines.join('\n').replaceAll(/^\d\d:\d\d:\d\d /gm, '');
}

/** What the logger adds to each entry. */
export const LOGGED = {
  level: 'INFO',
  message: 'seen',
  timestamp: '2026-11-28T00:00:00.000Z',
  service: 's',
  sampling_rate: 0,
};
/** An entry of the logger. */
export const entry = (members: object) => JSON.stringify({ ...LOGGED, requestId: 'r-1', ...members });
