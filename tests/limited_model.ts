/**
 * A model on a device of small tensors, so that what is held at a time becomes little.
 *
 * @module
 */
import type { Device } from "../lib/device/device.ts";
import type { Model } from "../lib/model/model.ts";

/** The same model, whose device says that one tensor holds the logits of so many prompts at most. */
export function holdingPrompts(model: Model, prompts: number): Model {
  const limited = Object.create(model.device, {
    maxTensorBytes: { value: prompts * 4 * model.config.vocabSize },
  }) as Device;
  for (const method of ["run", "read", "upload"] as const) {
    Object.defineProperty(limited, method, { value: model.device[method].bind(model.device) });
  }
  const small = Object.create(model, { device: { value: limited } }) as Model;
  Object.defineProperty(small, "tensor", { value: model.tensor.bind(model) });
  return small;
}
