// Elementwise sum: a, b of one shape -> out.
// Bindings    0 a, 1 b, 2 out, 3 params.
// Workgroup   256 threads of 4 elements along the flat arrays; workgroups wrap into y. Buffers are padded to 16
//             bytes, so the last vec4 may touch padding.
// Numerics    one rounding.  Reference: `add` of the reference device.
struct Params {
  // Groups of four elements.
  quads: u32,
}

@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at < params.quads) {
    out[at] = a[at] + b[at];
  }
}
