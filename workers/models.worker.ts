/**
 * The models worker: runs a model by name and hands back a Result, whatever happens. One thread, many jobs: each gives way
 * at its pauses, so `cancel` arrives while a job runs.
 */
import { expose } from 'comlink';
import type { ModelsWorker } from '#analysis/contract.ts';
import { reportRequests } from '#workspace/requests.ts';
import { createModelsWorker } from './models/service.ts';

reportRequests('worker');
expose(createModelsWorker() satisfies ModelsWorker);
