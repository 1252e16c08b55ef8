import type { ModulesContainer } from '@nestjs/core';
import type { CaptureHandle } from '../capture/capture-handle.js';
import { bindInstance } from '../tracking/instance-slot.js';

/**
 * Binds to their application's analytics the tracked instances that Nest did not construct itself (`useFactory`,
 * `useValue`). It binds and never patches: the methods were wrapped when their class was declared.
 */
export function bindInstances(modules: ModulesContainer, handle: CaptureHandle): void {
  for (const module of modules.values()) {
    for (const wrapper of [...module.providers.values(), ...module.controllers.values()]) {
      const instance: unknown = wrapper.instance;
      if (typeof instance === 'object' && instance !== null) bindInstance(instance, handle);
    }
  }
}
