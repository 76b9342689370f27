// SPDX-License-Identifier: Apache-2.0

/// A page that shows a class and turns with the mouse; it needs nothing but itself.
struct ClassPage {
    let shown: ShownClass

    /// The whole file.
    var html: String {
        // "<" inside data could end the script that holds it.
        let data = shown.json.line.replacing("<", with: "\\u003c")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(shown.name.escapedForHTML)</title>
            <style>
            html, body { margin: 0; height: 100%; background: #1c1e24; color: #e8eaed; font: 14px sans-serif; }
            canvas { display: block; width: 100vw; height: 100vh; touch-action: none; cursor: grab; }
            #bar { position: fixed; left: 12px; top: 10px; background: #1c1e24cc; padding: 6px 10px; }
            #bar label { margin-right: 12px; }
            </style></head><body><canvas id="view"></canvas>
            <div id="bar"><b>\(shown.name.escapedForHTML)</b>
            <label><input type="checkbox" id="dots" checked> points</label>
            <label><input type="checkbox" id="bones" checked> skeleton</label>
            <label><input type="checkbox" id="texts" checked> names</label>
            <label id="pullBox">pull <input type="range" id="pull" min="0" max="1" step="0.01" value="1"></label>
            <span id="scale"></span> drag to turn, wheel to zoom, double click to begin again</div>
            <script id="data" type="application/json">\(data)</script>
            <script>
            \(Self.script)
            </script></body></html>

            """
    }

    private static let script = """
        "use strict";
        const shown = JSON.parse(document.getElementById("data").textContent);
        const canvas = document.getElementById("view"), pen = canvas.getContext("2d");
        const by = (id) => document.getElementById(id);
        const all = shown.keypoints.concat(shown.dense);
        const mean = [0, 1, 2].map((i) => all.reduce((s, p) => s + p[i], 0) / all.length);
        const radius = Math.max(...all.map((p) => Math.hypot(...p.map((v, i) => v - mean[i])))) || 1;
        const isPulled = JSON.stringify(shown.keypoints) !== JSON.stringify(shown.pulledKeypoints);
        if (!isPulled) by("pullBox").style.display = "none";
        // Rows of the rotation from class frame to screen: x right, y down, z away.
        const first = [[0.87, 0.17, -0.46], [0.02, 0.92, 0.39], [0.49, -0.35, 0.80]];
        let turn = first, zoom = 1;
        const multiply = (a, b) => a.map((r) => [0, 1, 2].map((c) => r[0] * b[0][c] + r[1] * b[1][c] + r[2] * b[2][c]));
        const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        function orthonormal(m) {
          const unit = (v) => { const n = Math.hypot(...v); return v.map((x) => x / n); };
          const x = unit(m[0]);
          const d = dot(m[1], x), y = unit(m[1].map((v, i) => v - d * x[i]));
          return [x, y, [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]];
        }
        const mix = (a, b, t) => a.map((p, i) => p.map((v, k) => v + t * (b[i][k] - v)));
        function draw() {
          const ratio = window.devicePixelRatio || 1;
          canvas.width = innerWidth * ratio; canvas.height = innerHeight * ratio;
          pen.setTransform(ratio, 0, 0, ratio, 0, 0);
          pen.clearRect(0, 0, innerWidth, innerHeight);
          const scale = 0.42 * zoom * Math.min(innerWidth, innerHeight) / radius;
          const place = (p) => {
            const q = p.map((v, i) => v - mean[i]);
            return [innerWidth / 2 + scale * dot(turn[0], q), innerHeight / 2 + scale * dot(turn[1], q), dot(turn[2], q)];
          };
          const t = isPulled ? Number(by("pull").value) : 0;
          const keys = mix(shown.keypoints, shown.pulledKeypoints, t).map(place);
          if (by("dots").checked) {
            const dots = mix(shown.dense, shown.pulledDense, t).map((p, i) => [place(p), shown.colors[keys.length + i]]);
            dots.sort((a, b) => b[0][2] - a[0][2]);
            for (const [p, c] of dots) {
              const light = 1 - 0.55 * Math.min(Math.max(0.5 + 0.5 * p[2] / radius, 0), 1);
              pen.fillStyle = "rgb(" + c.map((v) => Math.round(v * light)).join(",") + ")";
              pen.beginPath(); pen.arc(p[0], p[1], 4 * Math.sqrt(zoom), 0, 7); pen.fill();
            }
          }
          pen.strokeStyle = "#f0f0eb"; pen.lineWidth = 1.2;
          if (by("bones").checked) for (const [a, b] of shown.skeleton) {
            pen.beginPath(); pen.moveTo(keys[a][0], keys[a][1]); pen.lineTo(keys[b][0], keys[b][1]); pen.stroke();
          }
          if (isPulled) shown.keypoints.map(place).forEach((p, i) => {
            if (Math.hypot(p[0] - keys[i][0], p[1] - keys[i][1]) < 0.5) return;
            pen.beginPath(); pen.moveTo(p[0], p[1]); pen.lineTo(keys[i][0], keys[i][1]); pen.stroke();
          });
          pen.font = "13px sans-serif";
          keys.forEach((p, i) => {
            pen.fillStyle = "hsl(" + Math.round(360 * ((0.618034 * i + 0.05) % 1)) + ",90%,65%)";
            pen.beginPath(); pen.arc(p[0], p[1], 5, 0, 7); pen.fill();
            pen.strokeStyle = "#121418"; pen.stroke();
            if (by("texts").checked) pen.fillText(shown.names[i], p[0] + 9, p[1] - 7);
          });
          by("scale").textContent = "diameter " + (2 * radius).toPrecision(3) + " " + shown.unit + ";";
          document.title = shown.name + " " + turn.map((r) => r.map((v) => v.toFixed(2)).join(" ")).join(" ");
        }
        let held = null;
        canvas.addEventListener("pointerdown", (e) => { held = [e.clientX, e.clientY]; canvas.setPointerCapture(e.pointerId); });
        canvas.addEventListener("pointerup", () => { held = null; });
        canvas.addEventListener("pointermove", (e) => {
          if (!held) return;
          const [a, b] = [(e.clientX - held[0]) * 0.008, (e.clientY - held[1]) * 0.008];
          held = [e.clientX, e.clientY];
          const yaw = [[Math.cos(a), 0, -Math.sin(a)], [0, 1, 0], [Math.sin(a), 0, Math.cos(a)]];
          const pitch = [[1, 0, 0], [0, Math.cos(b), -Math.sin(b)], [0, Math.sin(b), Math.cos(b)]];
          turn = orthonormal(multiply(multiply(pitch, yaw), turn));
          draw();
        });
        canvas.addEventListener("wheel", (e) => {
          e.preventDefault();
          zoom = Math.min(Math.max(zoom * Math.exp(-e.deltaY * 0.001), 0.2), 20);
          draw();
        }, { passive: false });
        canvas.addEventListener("dblclick", () => { turn = orthonormal(first); zoom = 1; draw(); });
        for (const id of ["dots", "bones", "texts", "pull"]) by(id).addEventListener("input", draw);
        addEventListener("resize", draw);
        turn = orthonormal(first);
        draw();
        """
}
