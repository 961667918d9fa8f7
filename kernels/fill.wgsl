// Fills a buffer with one bit pattern: -> out [count]. Poisons results before a dispatch where a test asks for it.
// Bindings    0 out, 1 params.
// Workgroup   256 threads along the flat buffer; workgroups wrap into y.
// Numerics    bits, no arithmetic: a float path could change a NaN's payload.
// Reference   Uint32Array.fill.
struct Params {
  count: u32,
  pattern: u32,
}

@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at < params.count) {
    out[at] = params.pattern;
  }
}
