// GELU, elementwise: x -> out of the same shape.
// Bindings    0 x, 1 out, 2 params.
// Workgroup   256 threads along the flat array; workgroups wrap into y.
// Numerics    shared/gelu.wgsl (appended).  Reference: `gelu` of the reference device.
// 1 tanh form, 2 erf form, as in the GEMMs.
override ACTIVATION: u32 = 1u;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at >= params.count) {
    return;
  }
  if (ACTIVATION == 1u) {
    out[at] = geluTanh(x[at]);
  } else {
    out[at] = geluErf(x[at]);
  }
}
