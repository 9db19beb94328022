import uPlot from 'uplot';
import type { Overfitting } from '../../lib/overfitting.ts';
import {
  align,
  formatAxis,
  nearest,
  rangeOf,
  type Band,
  type Curve,
  type CurveLooks,
  type Quantity,
} from './curves.ts';

/** How a chart is drawn by uPlot, in the colours of the theme. */

export interface PlotOptions {
  /** One a curve; another set of curves is another plot. */
  looks: readonly CurveLooks[];
  quantity: Quantity;
  scheme: 'light' | 'dark';
  /** Told the x under the pointer; null when it leaves. */
  onHover: (x: number | null) => void;
}

/** What changes while a run is trained. */
export interface PlotView {
  curves: readonly Curve[];
  bands: readonly Band[];
  /** Where the x axis ends. */
  epochs: number;
  overfitting: Overfitting | null;
  /** The epoch whose model is kept; null where none is. */
  kept: number | null;
  /** Run whose curves stand out; null: all alike. */
  highlighted: string | null;
}

/** Colours of a batch are those of its run, fainter, so that the line of epochs stays the main thing. */
const BATCH_ALPHA = 0.45;
const SHADE_ALPHA = 0.16;
/** Of the spread over several seeds. */
const BAND_ALPHA = 0.18;
/** Of the curves of other runs while one is highlighted. */
const FADED_ALPHA = 0.15;
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
/** With more epochs their points would hide the line. */
const MAX_POINTS = 40;

/** A chart in an element, which it fills. */
export class Plot {
  readonly #plot: uPlot;
  readonly #observer: ResizeObserver;
  readonly #colour: (token: string, alpha?: number) => string;

  constructor(
    host: HTMLElement,
    private readonly options: PlotOptions,
    private view: PlotView,
  ) {
    this.#colour = resolver(host, options.scheme);
    const font = getComputedStyle(host).fontFamily;
    this.#plot = new uPlot(this.#options(host, font), align(view.curves), host);
    this.#observer = new ResizeObserver(() =>
      this.#plot.setSize({ width: host.clientWidth, height: host.clientHeight }),
    );
    this.#observer.observe(host);
  }

  update(view: PlotView): void {
    this.view = view;
    this.options.looks.forEach(({ run }, index) => {
      const isFaded = view.highlighted !== null && view.highlighted !== run;
      this.#plot.series[index + 1]!.alpha = isFaded ? FADED_ALPHA : 1;
    });
    this.#plot.setData(align(view.curves));
  }

  /** Moves the cursor there. @param x in epochs */
  point(x: number): void {
    this.#plot.setCursor({ left: this.#plot.valToPos(x, 'x'), top: 0 });
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #options({ clientWidth, clientHeight }: HTMLElement, fontFamily: string): uPlot.Options {
    const { looks, quantity, onHover } = this.options;
    const colour = this.#colour;
    const axis = {
      stroke: colour('--text-muted'),
      font: `12px ${fontFamily}`,
      grid: { stroke: colour('--chart-grid'), width: 1 },
      ticks: { stroke: colour('--chart-grid'), width: 1, size: 4 },
    };
    return {
      width: Math.max(1, clientWidth),
      height: Math.max(1, clientHeight),
      legend: { show: false },
      padding: [8, 10, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: () => [0, Math.max(1, this.view.epochs)] },
        y: { range: () => rangeOf(this.view.curves, quantity, this.view.bands) },
      },
      axes: [
        { ...axis, size: 26, incrs: WHOLE_STEPS },
        { ...axis, size: 46, values: (_plot, splits) => splits.map((value) => formatAxis(value, quantity)) },
      ],
      series: [{}, ...looks.map((look) => this.#series(look))],
      hooks: {
        drawClear: [
          (plot) => {
            for (const { token, points } of this.view.bands)
              fillBand(plot, points, colour(token, BAND_ALPHA));
          },
          (plot) => drawShade(plot, this.view, colour('--danger', SHADE_ALPHA)),
        ],
        draw: [
          (plot) =>
            drawKept(plot, this.view, {
              colour: colour('--text-muted'),
              halo: colour('--ground'),
              fontFamily,
            }),
          (plot) =>
            drawShadeName(plot, this.view, {
              colour: colour('--danger'),
              halo: colour('--ground'),
              fontFamily,
            }),
        ],
        setCursor: [
          (plot) => {
            const { left = -1 } = plot.cursor;
            onHover(left < 0 ? null : plot.posToVal(left, 'x'));
          },
        ],
      },
    };
  }

  #series({ part, dash, token }: CurveLooks): uPlot.Series {
    const isBatch = part === 'batch';
    const stroke = this.#colour(token, isBatch ? BATCH_ALPHA : 1);
    return {
      stroke,
      width: isBatch ? 1 : 2,
      dash: [...dash],
      spanGaps: true,
      points: { show: () => !isBatch && this.view.epochs <= MAX_POINTS, size: 5, fill: stroke },
    };
  }
}

/** A canvas knows no custom properties: they are resolved on an element under the scheme. */
function resolver(host: HTMLElement, scheme: 'light' | 'dark'): (token: string, alpha?: number) => string {
  const probe = document.createElement('span');
  probe.style.colorScheme = scheme;
  host.append(probe);
  return (token, alpha = 1) => {
    probe.style.color = `color-mix(in srgb, var(${token}) ${alpha * 100}%, transparent)`;
    return getComputedStyle(probe).color;
  };
}

/** Fills the gap between training and validation from where overfitting begins. */
function drawShade(plot: uPlot, { curves, overfitting }: PlotView, fill: string): void {
  const [train, validation] = pair(curves);
  if (!overfitting || !train || !validation) return;
  const { from, to } = overfitting;
  const inside = ({ points }: Curve) => points.filter(([x]) => x >= from && x <= to);
  fillOutline(plot, [...inside(train), ...inside(validation).reverse()], fill);
}

function fillBand(plot: uPlot, points: Band['points'], fill: string): void {
  const [low, high] = [1, 2].map((at) => points.map((point) => [point[0], point[at]!] as const));
  fillOutline(plot, [...low!, ...high!.reverse()], fill);
}

function fillOutline(plot: uPlot, outline: readonly (readonly [x: number, y: number])[], fill: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (const [x, y] of outline) ctx.lineTo(plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true));
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.restore();
}

function drawShadeName(plot: uPlot, { curves, overfitting }: PlotView, ink: Ink): void {
  const [, validation] = pair(curves);
  const end = overfitting && validation && nearest(validation, overfitting.to);
  if (!end) return;
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const y = plot.valToPos(end[1], 'y', true) - 8 * ratio;
  const at = [plot.valToPos(end[0], 'x', true), Math.max(bbox.top + 14 * ratio, y)] as const;
  write(ctx, 'Overfitting', at, { ...ink, font: `600 ${12 * ratio}px`, align: 'right' });
}

/** Marks the kept epoch with a line and its name, beside the line where there is room. */
function drawKept(plot: uPlot, { kept, epochs }: PlotView, ink: Ink): void {
  if (kept === null) return;
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const x = Math.round(plot.valToPos(kept, 'x', true));
  const isLeft = kept > epochs / 2;
  ctx.save();
  ctx.strokeStyle = ink.colour;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
  const at = [x + (isLeft ? -4 : 4) * ratio, bbox.top + bbox.height - 6 * ratio] as const;
  write(ctx, 'kept', at, { ...ink, font: `${11 * ratio}px`, align: isLeft ? 'right' : 'left' });
}

interface Ink {
  colour: string;
  /** Colour around the letters, so that they can be read over a curve. */
  halo: string;
  fontFamily: string;
}

function write(
  ctx: CanvasRenderingContext2D,
  text: string,
  [x, y]: readonly [number, number],
  { colour, halo, fontFamily, font, align }: Ink & { font: string; align: CanvasTextAlign },
): void {
  ctx.save();
  ctx.font = `${font} ${fontFamily}`;
  ctx.textAlign = align;
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * uPlot.pxRatio;
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
  ctx.restore();
}

function pair(curves: readonly Curve[]): (Curve | undefined)[] {
  return [curves.find(({ part }) => part === 'train'), curves.find(({ part }) => part === 'validation')];
}
