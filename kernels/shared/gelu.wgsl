// Both GELUs; appended to the kernels that apply one. Reference: `gelu` of the reference device.
// Numerics    tanh form: 0.5(1 + tanh u) = 1 / (1 + exp(-2u)), which neither overflows like a driver's tanh nor
//             cancels for negative x. erf form: W. J. Cody, "Rational Chebyshev approximations for the error
//             function", Math. Comp. 23 (1969), both intervals; the lower tail is taken from erfc, uncancelled.
//             A NaN survives because the result is a product with x.

fn geluTanh(x: f32) -> f32 {
  let u = 0.7978845608028654 * fma(0.044715 * x * x, x, x);
  // exp stays finite: beyond 80 the result is below 1e-34 |x|.
  return x / (1.0 + exp(min(-2.0 * u, 80.0)));
}

fn geluErf(x: f32) -> f32 {
  let y = abs(x) * 0.7071067811865476;
  if (y <= 0.46875) {
    return 0.5 * x * (1.0 + erfSmall(x * 0.7071067811865476));
  }
  // Above 10 erfc is 0 in f32; the clamp keeps the polynomials finite.
  let tail = erfcLarge(min(y, 10.0));
  if (x < 0.0) {
    return 0.5 * x * tail;
  }
  return 0.5 * x * (2.0 - tail);
}

// |y| <= 0.46875.
fn erfSmall(y: f32) -> f32 {
  let s = y * y;
  var top = 0.185777706184603153;
  top = fma(top, s, 3.16112374387056560);
  top = fma(top, s, 113.864154151050156);
  top = fma(top, s, 377.485237685302021);
  top = fma(top, s, 3209.37758913846947);
  var bottom = s + 23.6012909523441209;
  bottom = fma(bottom, s, 244.024637934444173);
  bottom = fma(bottom, s, 1282.61652607737228);
  bottom = fma(bottom, s, 2844.23683343917062);
  return y * top / bottom;
}

// 0.46875 <= y <= 10.
fn erfcLarge(y: f32) -> f32 {
  var top = 2.15311535474403846e-8;
  top = fma(top, y, 0.564188496988670089);
  top = fma(top, y, 8.88314979438837594);
  top = fma(top, y, 66.1191906371416295);
  top = fma(top, y, 298.635138197400131);
  top = fma(top, y, 881.952221241769090);
  top = fma(top, y, 1712.04761263407058);
  top = fma(top, y, 2051.07837782607147);
  top = fma(top, y, 1230.33935479799725);
  var bottom = y + 15.7449261107098347;
  bottom = fma(bottom, y, 117.693950891312499);
  bottom = fma(bottom, y, 537.181101862009858);
  bottom = fma(bottom, y, 1621.38957456669019);
  bottom = fma(bottom, y, 3290.79923573345963);
  bottom = fma(bottom, y, 4362.61909014324716);
  bottom = fma(bottom, y, 3439.36767414372164);
  bottom = fma(bottom, y, 1230.33935480374942);
  return exp(-y * y) * top / bottom;
}
