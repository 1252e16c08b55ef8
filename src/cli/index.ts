#!/usr/bin/env node
import { runCommand } from './run-command.js';
import { processTerminal } from './terminal.js';

const terminal = processTerminal();
void runCommand(process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
});
