import { Command } from 'commander';
import { diffCommand } from './diff.ts';
import { explainCommand } from './explain.ts';
import { matrixCommand } from './matrix.ts';
import { reviewCommand } from './review.ts';
import { whoCanCommand } from './whoCan.ts';

/** `secure-api access …`: who can do what and why, its review, and what a change grants. */
export function accessCommand(): Command {
  return new Command('access')
    .description('print, compare and review who can do what')
    .addCommand(matrixCommand())
    .addCommand(diffCommand())
    .addCommand(reviewCommand())
    .addCommand(whoCanCommand())
    .addCommand(explainCommand());
}
