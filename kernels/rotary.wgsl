// GPT-NeoX rotary embedding: x [B, T, H, K], turns [T, dims / 2, 2] (cos, sin) -> out [B, T, H, K].
// Within a head, dimension i < dims / 2 pairs with i + dims / 2; dimensions from dims on pass unchanged.
// Bindings    0 x, 1 turns, 2 out, 3 params.
// Workgroup   256 threads along the flat array; workgroups wrap into y.
// Numerics    the angles' cosines and sines come from the host in float64: a GPU's are poor far from zero.
// Reference   `rotary` of the reference device.
struct Params {
  count: u32,
  positions: u32,
  heads: u32,
  width: u32,
  half: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> turns: array<vec2<f32>>;
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
  let vector = at / params.width;
  let i = at - vector * params.width;
  let position = (vector / params.heads) % params.positions;
  if (i < params.half) {
    let turn = turns[position * params.half + i];
    out[at] = fma(x[at], turn.x, -x[at + params.half] * turn.y);
  } else if (i < 2u * params.half) {
    let turn = turns[position * params.half + i - params.half];
    out[at] = fma(x[at], turn.x, x[at - params.half] * turn.y);
  } else {
    out[at] = x[at];
  }
}
