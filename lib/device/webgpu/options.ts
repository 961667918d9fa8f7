/** What `openWebGpu` may be told. */
export interface WebGpuOptions {
  /** Takes an adapter that computes on the CPU: for tests and doctors only. @default {false} */
  allowSoftware?: boolean;
  /** Lowers the storage binding limit, in bytes. @default {the adapter's} */
  maxBindingBytes?: number;
  /** The most bytes `unembedStats` spends on one slice of logits. @default {67108864} */
  sliceBytes?: number;
  /** Free bytes kept for reuse. @default {2147483648} */
  maxFreeBytes?: number;
  /** Dispatches after which recorded work is submitted. @default {256} */
  submitEvery?: number;
  /** Fills every result and temporary with this bit pattern before its kernel runs: for tests. */
  poison?: number;
}
