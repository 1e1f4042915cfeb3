// One chart: a node that stays, drawn by Plotly.react whenever figure, width or theme changed.
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const CONFIG = {displayModeBar: false, showSendToCloud: false, doubleClick: false, doubleClickDelay: 0};
const EDGE = 80;  // pixels that the bars of the page may cover
const TAP = 700;  // ms within which browsers repeat a tap as a mouse click

// Loaded once a page; the browser keeps it between pages.
const library = () => window.commonGroundPlotly ??= new Promise((done, failed) => {
  const script = document.createElement('script');
  script.src = '{{library}}';
  script.onload = () => done(window.Plotly);
  script.onerror = () => { delete window.commonGroundPlotly; failed(new Error('no plotly.js')); };
  document.head.append(script);
});

const colours = node => {
  const style = getComputedStyle(node);
  const [text, line, page, font] = ['text-color', 'border-color', 'background-color', 'font']
    .map(name => style.getPropertyValue('--st-' + name).trim());
  return {text, line, page, font};
};

const NARROW = 480;
const PHONE = 360;

function dress(layout, width, {text, line, page, font}) {
  Object.assign(layout.font, {color: text, family: font});
  Object.assign(layout.hoverlabel, {bgcolor: page, font: {...layout.hoverlabel.font, color: text, family: font}});
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis\d*$/.test(name)) Object.assign(layout[name], {gridcolor: line, linecolor: line});
    if (!/^xaxis/.test(name) || width >= NARROW) continue;
    const axis = layout[name];
    if (axis.nticks) axis.nticks = 3;
    if (width < PHONE && axis.tickvals?.length > 3 && !axis.tickangle) {  // written out: every second one, level, rather than all aslant
      const zero = Math.max(axis.tickvals.indexOf(0), 0);
      const every = Math.ceil(axis.tickvals.length / 3);
      const kept = (_, i) => (i - zero) % every === 0;
      Object.assign(axis, {tickvals: axis.tickvals.filter(kept), ticktext: axis.ticktext?.filter(kept), tickangle: 0});
    }
  }
}

async function draw(node) {
  if (!node.clientWidth) return;  // not seen yet: the observer calls again
  let Plotly;
  try {
    Plotly = await library();
  } catch {
    node.textContent = node.getAttribute('aria-label');
    return;
  }
  const inner = node.clientWidth;
  const palette = colours(node);
  const stamp = [inner, ...Object.values(palette)].join() + node.message;
  if (!inner || node.stamp === stamp) return;
  node.stamp = stamp;
  const {figure, height} = JSON.parse(node.message);
  const width = Math.max(inner, figure.layout.meta?.min_width ?? 0);  // wider than the screen: scrolls
  node.classList.toggle('cg-scrolls', width > inner);
  if (width > inner) node.tabIndex = 0;
  dress(figure.layout, width, palette);
  await Plotly.react(node, figure.data, {...figure.layout, width, height}, CONFIG);
  hideCrowdedEvents(node, width);
  if (!node.dataset.drawn) {
    node.on('plotly_click', ({points, event}) => onClick(node, points[0]?.customdata, event));
  }
  node.dataset.drawn = Number(node.dataset.drawn || 0) + 1;
}

function onClick(node, value, event) {
  const touch = event.type.startsWith('touch') || event.pointerType === 'touch';
  if (!touch && event.timeStamp - (node.tapped ?? -TAP) < TAP) return;
  if (touch) node.tapped = event.timeStamp;
  node.hand(value);
}

// On a narrow screen labels of events may meet: the later one goes, its line stays.
function hideCrowdedEvents(node, width) {
  const kept = [];
  const edge = node.getBoundingClientRect();
  for (const text of node.querySelectorAll('.annotation')) {
    if (node.layout.annotations[text.dataset.index]?.name !== 'event') continue;
    const box = text.getBoundingClientRect();
    const crowded = box.left < edge.left || box.right > edge.left + width || kept.some(other =>
      box.left < other.right && other.left < box.right && box.top + 4 < other.bottom && other.top + 4 < box.bottom);
    text.style.visibility = crowded ? 'hidden' : '';
    if (!crowded) kept.push(box);
  }
}

// Every mark that can be clicked, with its place on the screen.
function marks(node) {
  const {xaxis, yaxis} = node._fullLayout;
  return node.data.flatMap(trace => (trace.customdata ?? []).map((value, i) => ({
    value,
    x: xaxis.d2p(trace.base?.[i] ?? trace.x[i]),
    y: yaxis.d2p(trace.y[i]),
    words: trace.hovertext?.[i] ?? trace.text?.[i] ?? '',
  }))).filter(mark => Number.isFinite(mark.x) && Number.isFinite(mark.y));
}

function step(all, from, [dx, dy]) {
  const cost = mark => {
    const along = (mark.x - from.x) * dx + (mark.y - from.y) * dy;
    const aside = Math.abs((mark.x - from.x) * dy) + Math.abs((mark.y - from.y) * dx);
    return along > 0.5 ? along + 3 * aside : Infinity;
  };
  const best = all.reduce((a, b) => cost(b) < cost(a) ? b : a);
  return cost(best) < Infinity ? best : from;
}

// A mark reached by the keys comes into sight where the page, or the chart itself, scrolls.
function bringUp(node) {
  const {xaxis, yaxis} = node._fullLayout;
  const x = xaxis._offset + node.mark.x - node.scrollLeft;
  const y = node.getBoundingClientRect().top + yaxis._offset + node.mark.y;
  if (x < 0 || x > node.clientWidth) node.scrollLeft += x - node.clientWidth / 2;
  if (y < EDGE || y > innerHeight - EDGE) node.closest('[data-testid=stMain]')?.scrollBy({top: y - innerHeight / 2});
}

function onKey(node, event) {
  if (!node.clickable || !node._fullLayout) return;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const all = marks(node);
    if (!all.length) return;
    event.preventDefault();
    event.stopPropagation();  // the arrows of a meeting turn pages
    node.mark = node.mark ? step(all, node.mark, arrow) : all.reduce((a, b) => (b.y - a.y || b.x - a.x) < 0 ? b : a);
    bringUp(node);
    window.Plotly.Fx.hover(node, {xpx: node.mark.x, ypx: node.mark.y}, 'xy');
    node.said.textContent = node.mark.words.replace(/<[^>]*>/g, ' ');
  } else if (event.key === 'Enter' && node.mark) {
    event.preventDefault();
    node.hand(node.mark.value);
  }
}

function mount(parent) {
  const node = document.createElement('div');
  node.className = 'cg-chart';
  node.setAttribute('role', 'img');
  node.said = document.createElement('span');
  node.said.className = 'cg-said';
  node.said.setAttribute('aria-live', 'polite');
  node.onkeydown = event => onKey(node, event);
  node.observer = new ResizeObserver(() => requestAnimationFrame(() => draw(node)));
  parent.append(node, node.said);
  node.observer.observe(node);
  return node;
}

export default function ({data, parentElement, setTriggerValue}) {
  const node = parentElement.querySelector('.cg-chart') ?? mount(parentElement);
  node.hand = value => { if (node.clickable && value != null) setTriggerValue('click', value); };
  const message = new TextDecoder().decode(data);
  if (message !== node.message) {
    const {alt, height, clickable} = JSON.parse(message);
    Object.assign(node, {message, clickable, mark: null, tabIndex: clickable ? 0 : -1});
    node.setAttribute('aria-label', alt);
    node.style.height = height + 'px';
    node.classList.toggle('cg-clickable', clickable);
  }
  draw(node);
  return () => { node.observer.disconnect(); window.Plotly?.purge(node); };
}
