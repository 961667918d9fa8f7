// Canary: stores to a component of a workgroup vec4 chosen at run time, source [64] -> out [64].
// Bindings    0 source, 1 out.
// Workgroup   64 threads, one cell each.
// Numerics    integers, exact.
// Reference   gfx-rs/wgpu#4500, stores lost on Metal.
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

var<workgroup> tile: array<vec4<u32>, 16>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  tile[thread / 4u][thread % 4u] = source[thread];
  workgroupBarrier();
  let cell = tile[thread / 4u];
  var value = cell.x;
  switch (thread % 4u) {
    case 1u: { value = cell.y; }
    case 2u: { value = cell.z; }
    case 3u: { value = cell.w; }
    default: {}
  }
  out[thread] = value;
}
