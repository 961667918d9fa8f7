/**
 * The message channel ONNX Runtime forgets.
 *
 * @module
 */

/** What the runtime posts to find out whether memory can be shared. */
function isProbe(message: unknown): boolean {
  return message instanceof SharedArrayBuffer && message.byteLength === 1;
}

/**
 * Runs `start` so that a message channel that carries the runtime's probe is closed after it. The
 * runtime itself drops it open, which is a leak until the next collection; other channels made
 * meanwhile are not touched.
 */
export async function withClosedProbe(start: () => Promise<void>): Promise<void> {
  const { MessageChannel } = globalThis;
  globalThis.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      const { port1, port2 } = this;
      const post = port1.postMessage.bind(port1);
      port1.postMessage = (
        message: unknown,
        options?: StructuredSerializeOptions | Transferable[],
      ) => {
        post(message, options as StructuredSerializeOptions);
        if (!isProbe(message)) return;
        port1.close();
        port2.close();
      };
    }
  };
  try {
    await start();
  } finally {
    globalThis.MessageChannel = MessageChannel;
  }
}
