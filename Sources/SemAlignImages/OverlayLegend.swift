// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The strip below a picture: state, notes, and what the marks mean.
struct OverlayLegend {
    let overlay: Overlay
    let layout: OverlayLayout

    func appended(to picture: ColorImage) throws(ImageError) -> ColorImage {
        let rows = self.rows
        guard !rows.isEmpty else { return picture }
        let height = layout.pixels(8) * 2 + rows.count * rowHeight
        let size = ImageSize(width: picture.size.width, height: picture.size.height + height)
        try size.checkForPixels()
        let strip = ColorImage(
            size: ImageSize(width: size.width, height: height), color: OverlayPalette.outline)
        var canvas = OverlayCanvas(ColorImage(size: size, pixels: picture.pixels + strip.pixels))
        var y = picture.size.height + layout.pixels(8)
        for row in rows {
            draw(row, at: y, on: &canvas)
            y += rowHeight
        }
        return canvas.image
    }

    private enum Row {
        case state(TrackingState, note: String?)
        case note(String)
        case marks
    }

    private var rows: [Row] {
        var rows: [Row] = []
        var notes = overlay.notes[...]
        if let state = overlay.state {
            let room = width - badgeWidth(of: state) - 3 * margin
            var lines = wrapped(notes.popFirst() ?? "", to: room)[...]
            rows.append(.state(state, note: lines.popFirst()))
            rows += lines.map { .note($0) }
        }
        rows += notes.flatMap { wrapped($0, to: width - 2 * margin) }.map { .note($0) }
        let marks: [Row] = overlay.keypoints.isEmpty ? [] : [.marks]
        guard let count = overlay.legendRows else { return rows + marks }
        rows = Array(rows.prefix(max(count - marks.count, 0))) + marks
        return Array(rows.prefix(max(count, 0)))
            + Array(repeating: .note(""), count: max(count - rows.count, 0))
    }

    /// Breaks a text between words into lines of at most `room` pixels; single long words run over the edge.
    private func wrapped(_ text: String, to room: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let longer = (lines.last.map { $0 + " " } ?? "") + word
            if !lines.isEmpty, OverlayCanvas.size(of: longer, style: layout.noteStyle).width <= room {
                lines[lines.count - 1] = longer
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private var width: Int { layout.pictureSize.width }
    private var rowHeight: Int { layout.pixels(24) }
    private var margin: Int { layout.pixels(10) }

    private func draw(_ row: Row, at y: Int, on canvas: inout OverlayCanvas) {
        switch row {
        case .state(let state, let note):
            let end = drawBadge(state, at: y, on: &canvas)
            if let note { write(note, x: end + margin, y: y, OverlayPalette.text, on: &canvas) }
        case .note(let note):
            write(note, x: margin, y: y, OverlayPalette.text, on: &canvas)
        case .marks:
            drawMarks(at: y, on: &canvas)
        }
    }

    private func badgeName(of state: TrackingState) -> String {
        switch state {
        case .searching: "SEARCHING"
        case .tracking: "TRACKING"
        case .lost: "LOST"
        case .noObject: "NO OBJECT"
        }
    }

    private func badgeWidth(of state: TrackingState) -> Int {
        OverlayCanvas.size(of: badgeName(of: state), style: layout.noteStyle).width + layout.pixels(12)
    }

    private func drawBadge(_ state: TrackingState, at y: Int, on canvas: inout OverlayCanvas) -> Int {
        let name = badgeName(of: state)
        let width = badgeWidth(of: state)
        canvas.fill(
            PixelBox(x: margin, y: y, width: width, height: rowHeight - layout.pixels(4)), opacity: 1,
            color: OverlayPalette.state(state))
        write(name, x: margin + layout.pixels(6), y: y, OverlayPalette.bone, on: &canvas)
        return margin + width
    }

    private func drawMarks(at y: Int, on canvas: inout OverlayCanvas) {
        var x = margin
        let middle = Double(y + (rowHeight - layout.pixels(4)) / 2)
        let color = OverlayPalette.quietText
        let radius = 4.5 * layout.unit
        func center() -> SIMD2<Double> { SIMD2(Double(x) + radius, middle) }
        canvas.circle(at: center(), radius: radius, color: color)
        x = write("visible", x: x + layout.pixels(14), y: y, color, on: &canvas) + layout.pixels(18)
        canvas.circle(at: center(), radius: radius, thickness: layout.pixels(2), color: color)
        x = write("hidden", x: x + layout.pixels(14), y: y, color, on: &canvas) + layout.pixels(18)
        guard overlay.keypoints.contains(where: { $0.truth != nil }) else { return }
        for diagonal in [SIMD2(radius, radius), SIMD2(radius, -radius)] {
            canvas.line(
                from: center() - diagonal, to: center() + diagonal, thickness: layout.pixels(1), color: color)
        }
        write("truth", x: x + layout.pixels(14), y: y, color, on: &canvas)
    }

    /// Writes one line; gives the x where it ends.
    @discardableResult
    private func write(
        _ text: String, x: Int, y: Int, _ color: SIMD3<UInt8>, on canvas: inout OverlayCanvas
    ) -> Int {
        let size = OverlayCanvas.size(of: text, style: layout.noteStyle)
        let top = y + (rowHeight - layout.pixels(4) - size.ascent) / 2
        canvas.text(text, x: x, y: top, style: layout.noteStyle, color: color)
        return x + size.width
    }
}
