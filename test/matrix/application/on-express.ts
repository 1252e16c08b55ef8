import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { converse } from './converse.js';

void NestFactory.create(AppModule, { logger: ['error', 'warn'] }).then(converse);
