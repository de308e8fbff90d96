package dev.reprise.debugger.report;

/** How the page of a report looks, in light and dark. */
final class ReportStyle {
  static final String CSS = """
      :root { color-scheme: light dark;
        --page: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #626d7e; --line: #dfe3ea; --code: #eef1f5;
        --same: #8fa3bf; --changed: #d98a1f; --new: #2f9e5f; --failed: #cf3f4f; --dropped: #9a6fc4; --applied: #c3ccd8;
        --good: #1f8a50; --bad: #c23343; --del: #fde6e8; --ins: #dff4e7; --onbar: #ffffff; }
      @media (prefers-color-scheme: dark) { :root {
        --page: #12161d; --card: #1a202a; --ink: #e4e8ef; --soft: #96a1b3; --line: #2c3544; --code: #232b38;
        --same: #6680a3; --changed: #c98326; --new: #35a566; --failed: #d9525f; --dropped: #a47fd0; --applied: #4a566a;
        --good: #4cc381; --bad: #f0727e; --del: #47252b; --ins: #1c3d2b; --onbar: #ffffff; } }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--page); color: var(--ink);
        font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
      main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 60px; }
      h1 { font-size: 22px; margin: 0 0 4px; letter-spacing: -.01em; }
      h2 { font-size: 15px; margin: 30px 0 10px; }
      h3 { font-size: 13px; margin: 0 0 8px; font-weight: 600; }
      p { margin: 0; } .soft { color: var(--soft); } .small { font-size: 12px; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
      code, .mono, td.value, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 12.5px; }
      .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin-bottom: 12px; }
      .scroll { overflow-x: auto; }
      .head { display: flex; justify-content: space-between; align-items: flex-start; gap: 20px; }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0 12px; }
      .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
      .tile b { display: block; font-size: 26px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
      .tile span { color: var(--soft); font-size: 12.5px; }
      .pill { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12px; font-weight: 600; white-space: nowrap;
        border: 1px solid currentColor; }
      .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--changed); }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
      table { border-collapse: collapse; width: 100%; } table.rows { width: auto; min-width: 30%; } table.rows td, table.rows th { padding-right: 30px; }
      th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); padding: 4px 12px 6px 0; white-space: nowrap; border-bottom: 1px solid var(--line); }
      td { padding: 7px 12px 7px 0; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 3em; }
      tr:last-child td { border-bottom: 0; }
      table.rows td.mark { width: 1.6em; min-width: 0; padding-right: 6px; font-weight: 700; text-align: center; }
      del, ins { text-decoration: none; border-radius: 4px; padding: 1px 5px; white-space: pre-wrap; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
      del { background: var(--del); } ins { background: var(--ins); }
      .child { padding-left: 18px; }
      pre { margin: 6px 0 0; padding: 8px 10px; background: var(--code); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
      .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; margin-top: 12px; }
      @media (max-width: 700px) { .sides { grid-template-columns: 1fr; } }
      ul { margin: 0; padding-left: 18px; }
      .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0 0; font-size: 12px; color: var(--soft); }
      .legend i { display: inline-block; width: 14px; height: 10px; border-radius: 3px; margin-right: 6px; }
      svg { display: block; } svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--ink); }
      svg .group { font-weight: 600; font-size: 12.5px; } svg .of { fill: var(--soft); font-size: 11px; } svg .tick { fill: var(--soft); font-size: 11px; text-anchor: middle; }
      svg .grid { stroke: var(--line); stroke-width: 1; } svg .lane { fill: var(--code); opacity: .55; }
      svg .bar text { fill: var(--onbar); font-size: 11.5px; font-weight: 500; } svg .bar.open text, svg .bar.applied text { fill: var(--ink); }
      svg .bar rect { stroke-width: 1.5; } svg .bar:hover rect { filter: brightness(1.12); } svg .bar.open rect { fill-opacity: .16; } svg .bar.again rect { stroke-dasharray: 5 3; stroke: var(--ink); }
      .same rect { fill: var(--same); stroke: var(--same); } .changed rect { fill: var(--changed); stroke: var(--changed); }
      .new rect { fill: var(--new); stroke: var(--new); } .failed rect { fill: var(--failed); stroke: var(--failed); }
      .dropped rect { fill: var(--dropped); stroke: var(--dropped); } .applied rect { fill: var(--applied); stroke: var(--applied); }
      i.same { background: var(--same); } i.changed { background: var(--changed); } i.new { background: var(--new); }
      i.failed { background: var(--failed); } i.dropped { background: var(--dropped); } i.applied { background: var(--applied); }
      i.reads { border: 1.5px solid var(--same); } i.again { border: 1.5px dashed var(--ink); }
      @media print { body { background: #fff; } .card, .tile { break-inside: avoid; } }
      """;

  private ReportStyle() {}
}
