/** One file of tensors; names asked for are names it has. */
export interface TensorFile {
  /** Absolute path. */
  readonly path: string;
  /** Names of its tensors. */
  names(): string[];
  /** Extent of each axis. */
  shape(name: string): readonly number[];
  /** Reads one tensor as float32. */
  read(name: string): Promise<Float32Array>;
  /** Closes the file. */
  close(): Promise<void>;
}
