// Canary: remainders of signed pairs, source i32 [cells, 2] -> out i32 [cells].
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    integers; WGSL truncates, so the sign is the dividend's.
// Reference   gfx-rs/wgpu#9674, wrong remainders of negative numbers.
@group(0) @binding(0) var<storage, read> source: array<vec2<i32>>;
@group(0) @binding(1) var<storage, read_write> out: array<i32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  out[id.x] = source[id.x].x % source[id.x].y;
}
