// Sum of the heads' results: result [rows, heads, width], bias [width] -> out [rows, width].
// Bindings    0 result, 1 bias, 2 out, 3 params.
// Workgroup   256 threads along the flat output; workgroups wrap into y.
// Numerics    heads in ascending order, the bias last.  Reference: `sumHeads` of the reference device.
struct Params {
  count: u32,
  heads: u32,
  width: u32,
}

@group(0) @binding(0) var<storage, read> result: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

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
  let row = at / params.width;
  let column = at - row * params.width;
  var sum = 0.0;
  for (var head = 0u; head < params.heads; head++) {
    sum = sum + result[(row * params.heads + head) * params.width + column];
  }
  out[at] = sum + bias[column];
}
