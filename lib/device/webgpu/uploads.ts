/**
 * The one way to `queue.writeBuffer`. Called with an offset or size out of range, Deno's panics and
 * takes the process down, and its units are elements for typed arrays.
 *
 * @module
 */

/** Bytes of writes after which a submit lets wgpu free its staging copies. */
export const UPLOAD_SUBMIT_BYTES = 256 * 1024 * 1024;

/** Bytes moved by one call: larger writes need one staging buffer as large. */
const SLICE_BYTES = 64 * 1024 * 1024;

/** Writes to buffers, checked, and submits from time to time. */
export class Uploader {
  readonly #device: GPUDevice;
  #sinceSubmit = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * Writes bytes at the start of a buffer.
   *
   * @throws {RangeError} when they do not fit or are no multiple of 4.
   */
  write(buffer: GPUBuffer, bytes: Uint8Array): void {
    const { byteLength } = bytes;
    if (byteLength % 4 !== 0 || byteLength > buffer.size) {
      throw new RangeError(
        `Cannot write "${buffer.label}": ${byteLength} bytes, expected a multiple of 4 up to ${buffer.size}`,
      );
    }
    for (let at = 0; at < byteLength; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, Math.min(at + SLICE_BYTES, byteLength));
      this.#device.queue.writeBuffer(buffer, at, slice as Uint8Array<ArrayBuffer>);
      this.#sinceSubmit += slice.byteLength;
      if (this.#sinceSubmit >= UPLOAD_SUBMIT_BYTES) this.#submit();
    }
  }

  #submit(): void {
    this.#device.queue.submit([]);
    this.#sinceSubmit = 0;
  }
}
