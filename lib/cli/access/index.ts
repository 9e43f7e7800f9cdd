import { Command } from 'commander';
import { diffCommand } from './diff.ts';
import { explainCommand } from './explain.ts';
import { matrixCommand } from './matrix.ts';
import { reviewCommand } from './review.ts';
import { whoCanCommand } from './whoCan.ts';

/** `secure-api access …`: who can do what, why, since when reviewed, and what a change makes of it. */
export function accessCommand(): Command {
  return new Command('access')
    .description('who can do what, and why')
    .addCommand(matrixCommand())
    .addCommand(diffCommand())
    .addCommand(reviewCommand())
    .addCommand(whoCanCommand())
    .addCommand(explainCommand());
}
