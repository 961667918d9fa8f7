// One array behind the other, row by row: a [rows, left], b [rows, right] -> out [rows, left + right].
// Bindings    0 a, 1 b, 2 out, 3 params.
// Workgroup   256 threads along the flat output; workgroups wrap into y.
// Numerics    exact copies.  Reference: `concat` of the reference device.
struct Params {
  count: u32,
  left: u32,
  right: u32,
}

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
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
  let row = at / (params.left + params.right);
  let column = at - row * (params.left + params.right);
  if (column < params.left) {
    out[at] = a[row * params.left + column];
  } else {
    out[at] = b[row * params.right + column - params.left];
  }
}
