import type { PointRenderer } from './point-renderer.ts';

const VERTEX = `#version 300 es
in vec2 place;
in vec4 colour;
in float shape;
in float selected;
uniform vec2 middle;
uniform vec2 scale;
uniform float radius;
out vec4 tint;
flat out int form;
flat out float chosen;
flat out float half_size;
void main() {
  gl_Position = vec4((place - middle) * scale, 0.0, 1.0);
  tint = colour;
  form = int(shape);
  chosen = selected;
  half_size = radius + 1.0 + selected * 2.5;
  gl_PointSize = 2.0 * half_size;
}`;

/** Shapes by their signed distance, in pixels; what is selected has an outline. See SHAPES. */
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 tint;
flat in int form;
flat in float chosen;
flat in float half_size;
uniform float radius;
uniform vec4 selection;
out vec4 result;
void main() {
  vec2 at = (gl_PointCoord * 2.0 - 1.0) * half_size;
  vec2 beside = abs(at);
  float disc = length(at) - radius;
  float square = max(beside.x, beside.y) - radius * 0.86;
  float diamond = (beside.x + beside.y) * 0.7071 - radius * 0.9;
  float edge = form == 1 || form == 3 ? square : form == 4 ? diamond : form == 5 ? disc + radius * 0.35 : disc;
  float line = max(1.2, radius * 0.34);
  float body = form == 2 || form == 3 ? abs(edge + line * 0.5) - line * 0.5 : edge;
  float fill = clamp(0.5 - body, 0.0, 1.0) * tint.a;
  float ring = chosen * clamp(0.5 - (abs(edge - 1.7) - 1.0), 0.0, 1.0);
  float alpha = max(fill, ring);
  if (alpha <= 0.004) discard;
  result = vec4(mix(tint.rgb, selection.rgb, ring) * alpha, alpha);
}`;

/** Null where there is no WebGL 2, or none that a GPU draws. */
export function webglRenderer(canvas: HTMLCanvasElement, onLost: () => void): PointRenderer | null {
  const gl = canvas.getContext('webgl2', {
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: true,
    powerPreference: 'low-power',
  });
  const program = gl && build(gl);
  if (!gl || !program) return null;
  const lost = (event: Event): void => {
    event.preventDefault();
    onLost();
  };
  canvas.addEventListener('webglcontextlost', lost);
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const attribute = (name: string, width: number, type: number, isShare: boolean) => {
    const buffer = gl.createBuffer();
    const location = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, width, type, isShare, 0, 0);
    return (values: ArrayBufferView<ArrayBuffer>) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    };
  };
  const places = attribute('place', 2, gl.FLOAT, false);
  const colours = attribute('colour', 4, gl.UNSIGNED_BYTE, true);
  const shapes = attribute('shape', 1, gl.UNSIGNED_BYTE, false);
  const selected = attribute('selected', 1, gl.UNSIGNED_BYTE, false);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const [middle, scale, radiusAt, selectionAt] = ['middle', 'scale', 'radius', 'selection'].map(uniform);
  let count = 0;
  return {
    kind: 'webgl',
    setPoints: (points) => places(points),
    setLooks: (looks, [red, green, blue]) => {
      colours(looks.colours);
      shapes(looks.shapes);
      selected(looks.selected);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, looks.order, gl.DYNAMIC_DRAW);
      gl.uniform4f(selectionAt!, red / 255, green / 255, blue / 255, 1);
      count = looks.order.length;
    },
    draw: (view, frame, density, radius) => {
      const [width, height] = [Math.round(frame.width * density), Math.round(frame.height * density)];
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      gl.viewport(0, 0, width, height);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(middle!, view.x, view.y);
      gl.uniform2f(scale!, (2 * view.scale) / frame.width, (2 * view.scale) / frame.height);
      gl.uniform1f(radiusAt!, radius * density);
      gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 0);
    },
    dispose: () => {
      canvas.removeEventListener('webglcontextlost', lost);
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

function build(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
