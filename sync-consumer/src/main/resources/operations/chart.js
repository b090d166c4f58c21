/** The lag of a shard over the last quarter of an hour, by stage: uPlot, which its own file brings as a global. */
import { text } from './texts.js';

const STAGES = ['outbox', 'relay', 'kafka', 'consumer', 'master'];
const COLOURS = ['#8a6d00', '#7b4fb5', '#0b7285', '#b35c00', '#2f7d32'];
const HEIGHT = 260;

let chart = null;
let shownIn = '';

/** @param {object[]} steps the oldest first */
export function showChart(element, steps) {
  const language = document.documentElement.lang;
  if (!chart) {
    new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT })).observe(element);
  }
  if (!chart || shownIn !== language) {
    chart?.destroy();
    chart = new globalThis.uPlot(options(element), data(steps), element);
    shownIn = language;
  } else {
    chart.setData(data(steps));
  }
}

/** In milliseconds; a logarithm has no nought. */
function data(steps) {
  const column = (value) => steps.map((step) => {
    const seconds = value(step);
    return seconds === null || seconds === undefined ? null : Math.max(0.1, seconds * 1000);
  });
  return [
    steps.map(({ end }) => Date.parse(end) / 1000),
    column(({ p50 }) => p50),
    column(({ p99 }) => p99),
    column(({ waiting }) => (waiting > 0 ? waiting : null)),
    ...STAGES.map((_, stage) => column(({ stages }) => stages[stage])),
  ];
}

function options(element) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 } };
  const series = (label, stroke, width) => ({ label, stroke, width, spanGaps: false, points: { size: 4 } });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { y: { distr: 3 } },
    axes: [axis, { ...axis, size: 64 }],
    series: [
      { label: text('chart.time') },
      series(text('chart.p50'), colour('--accent'), 2),
      series(text('chart.p99'), colour('--warn'), 2),
      series(text('chart.waiting'), colour('--bad'), 2),
      ...STAGES.map((stage, i) => series(text(`stage.${stage}`), COLOURS[i], 1)),
    ],
  };
}
