// Canary: a variable declared in a loop without initialiser must be zero at each turn: out [cells] is source[0].
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    integers, exact.
// Reference   gfx-rs/wgpu#9592, such variables keep their value.
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var last = 0u;
  for (var i = 0u; i < 8u; i++) {
    var fresh: u32;
    fresh += source[0];
    last = fresh;
  }
  out[id.x] = last;
}
