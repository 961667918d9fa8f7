/**
 * WebAssembly memory that does not grow.
 *
 * @module
 */
const PAGE = 2 ** 16;

/** Sizes to try, in pages: all that 32-bit code can address but the last page, then less. */
const SIZES = [2 ** 16 - 1, 2 ** 15, 2 ** 14];

/** Memories declared to stay smaller than this are left as they are. */
const SMALLEST_CHANGED = 2 ** 30 / PAGE;

function fixedMemory(Memory: typeof WebAssembly.Memory, given: WebAssembly.MemoryDescriptor) {
  const { initial, maximum = 0, shared } = given;
  const sizes = shared && maximum >= SMALLEST_CHANGED
    ? SIZES.filter((pages) => pages >= initial && pages <= maximum)
    : [];
  for (const pages of sizes) {
    try {
      return new Memory({ ...given, initial: pages, maximum: pages });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return new Memory(given);
}

/**
 * Runs `start` so that every large shared memory made meanwhile has its full size from the beginning.
 *
 * A thread that sleeps while another grows the memory wakes with the old size (seen in Deno 2.9.6):
 * its first access beyond it is "memory access out of bounds", it ends, and the thread that waits for
 * its share of a product waits forever. Pages that nothing touches cost address space only.
 */
export async function withFixedMemory(start: () => Promise<void>): Promise<void> {
  const { Memory } = WebAssembly;
  const replacement = function (given: WebAssembly.MemoryDescriptor) {
    return fixedMemory(Memory, given);
  };
  replacement.prototype = Memory.prototype;
  Reflect.set(WebAssembly, "Memory", replacement);
  try {
    await start();
  } finally {
    Reflect.set(WebAssembly, "Memory", Memory);
  }
}
