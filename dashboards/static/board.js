// With ECharts at hand the bars of the board answer to the pointer; without it the drawn ones stay. The table says the same.
"use strict";

(() => {
  const place = document.querySelector("[data-chart=volume]");
  const source = document.getElementById("volume-data");
  if (!place || !source || !window.echarts) return;
  const data = JSON.parse(source.textContent);
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const axis = { axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false }, axisLabel: { color: token("--ink-3") } };
  place.replaceChildren();
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: token("--font") },
    grid: { left: 8, right: 8, top: 10, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, backgroundColor: token("--panel"), borderColor: token("--line"), textStyle: { color: token("--ink"), fontSize: 13 } },
    xAxis: { type: "category", data: data.days, ...axis },
    yAxis: { type: "value", minInterval: 1, ...axis, splitLine: { lineStyle: { color: token("--line") } } },
    series: data.series.map((one) => ({ type: "bar", stack: "all", name: one.name, data: one.data, barMaxWidth: 48, itemStyle: { color: token("--ch-" + one.key) } })),
  });
  addEventListener("resize", () => chart.resize());
})();
