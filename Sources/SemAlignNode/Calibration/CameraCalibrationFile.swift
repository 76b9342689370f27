// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignImages

/// A calibration file in the camera_info YAML format of ROS, as camera_calibration and OpenCV write it.
public struct CameraCalibrationFile: Sendable {
    /// The calibration.
    public let calibration: CameraCalibration
    /// What was assumed where the file is silent, for the log.
    public let notes: [String]
    /// 3×3, row-major; the node does not use it.
    let rectification: [Double]
    /// 3×4, row-major; the node does not use it.
    let projection: [Double]

    /// Reads the text of the file that is named `path` in errors.
    ///
    /// Throws `NodeError.yaml` or `.calibration`, which name the line and the key.
    public init(text: String, path: String) throws(NodeError) {
        let reader = try Reader(text: text, path: path)
        let size = ImageSize(
            width: try reader.integer("image_width", in: 1...65_536),
            height: try reader.integer("image_height", in: 1...65_536))
        let camera = try reader.matrix("camera_matrix", rows: 3, columns: 3)
        rectification = try reader.matrix("rectification_matrix", rows: 3, columns: 3)
        projection = try reader.matrix("projection_matrix", rows: 3, columns: 4)
        var notes: [String] = []
        self.calibration = CameraCalibration(
            cameraName: reader.root["camera_name"]?.text ?? "unknown", size: size,
            intrinsics: try reader.intrinsics(from: camera),
            distortion: try reader.distortion(notes: &notes),
            binning: SIMD2(try reader.binning("binning_x"), try reader.binning("binning_y")),
            region: try reader.region(within: size))
        self.notes = notes
    }
}

/// Takes the keys of a calibration file and says which one is wrong.
private struct Reader {
    let path: String
    let root: YAMLValue

    init(text: String, path: String) throws(NodeError) {
        // OpenCV begins its files with a directive that is not YAML.
        var body = text
        if body.hasPrefix("%YAML:") { body = "#" + body }
        do { root = try YAMLValue(document: body) } catch {
            throw .yaml(path: path, line: error.line, reason: error.reason)
        }
        guard root.entries != nil else {
            throw .yaml(path: path, line: root.line, reason: "expected a table of calibration keys")
        }
        self.path = path
    }

    func wrong(_ key: String, _ value: YAMLValue?, expected: String, found: String? = nil) -> NodeError {
        .calibration(
            path: path, line: value?.line ?? 0, key: key, found: found ?? value?.found ?? "missing",
            expected: expected)
    }

    func integer(
        _ key: String, in range: ClosedRange<Int>, of table: YAMLValue? = nil, section: String = ""
    ) throws(NodeError) -> Int {
        let value = (table ?? root)[key]
        guard let integer = value?.integer, range.contains(integer) else {
            throw wrong(
                section + key, value ?? table,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
                found: value == nil ? "missing" : nil)
        }
        return integer
    }

    /// The numbers of a matrix, row-major; its shape must be what it says and what is asked for.
    func matrix(_ key: String, rows: Int? = nil, columns: Int? = nil) throws(NodeError) -> [Double] {
        let shape = rows.flatMap { r in columns.map { "\(r)×\($0)" } } ?? "row"
        guard let table = root[key], table.entries != nil else {
            throw wrong(key, root[key], expected: "a \(shape) matrix with rows, cols and data")
        }
        let foundRows = try integer("rows", in: 0...64, of: table, section: key + ".")
        let foundColumns = try integer("cols", in: 0...64, of: table, section: key + ".")
        guard rows.map({ $0 == foundRows }) ?? true, columns.map({ $0 == foundColumns }) ?? true else {
            throw wrong(key, table, expected: "\(shape)", found: "\(foundRows)×\(foundColumns)")
        }
        let expected = "\(foundRows * foundColumns) finite numbers"
        guard let items = table["data"]?.items, items.count == foundRows * foundColumns else {
            throw wrong(key + ".data", table["data"] ?? table, expected: expected)
        }
        let numbers = items.compactMap(\.number)
        guard numbers.count == items.count else {
            let culprit = items.first { $0.number == nil }
            throw wrong(key + ".data", culprit, expected: expected)
        }
        return numbers
    }

    func intrinsics(from matrix: [Double]) throws(NodeError) -> CameraIntrinsics {
        let (fx, fy) = (matrix[0], matrix[4])
        guard fx > 0, fy > 0 else {
            let found = fx == 0 ? "fx = 0, which means not calibrated" : "fx = \(fx), fy = \(fy)"
            throw wrong("camera_matrix", root["camera_matrix"], expected: "fx and fy above 0", found: found)
        }
        guard matrix[1] == 0, matrix[3] == 0, matrix[6] == 0, matrix[7] == 0, matrix[8] == 1 else {
            throw wrong(
                "camera_matrix", root["camera_matrix"], expected: "[fx 0 cx; 0 fy cy; 0 0 1]",
                found: "a matrix of another form")
        }
        return CameraIntrinsics(focalLength: [fx, fy], principalPoint: [matrix[2], matrix[5]])
    }

    func distortion(notes: inout [String]) throws(NodeError) -> LensDistortion {
        let coefficients = try matrix("distortion_coefficients")
        var model = root["distortion_model"]?.text ?? ""
        if model.isEmpty, !coefficients.isEmpty {
            notes.append("\(path) names no distortion_model; plumb_bob is assumed")
            model = "plumb_bob"
        }
        do { return try LensDistortion(model: model, coefficients: coefficients) } catch {
            throw wrong(
                "distortion_model", root["distortion_model"] ?? root["distortion_coefficients"],
                expected: "a lens model of ROS", found: "not usable (\(error))")
        }
    }

    /// 0 and absence mean 1.
    func binning(_ key: String) throws(NodeError) -> Int {
        guard root[key] != nil else { return 1 }
        return max(1, try integer(key, in: 0...64))
    }

    /// Where a region is given all of its keys are; all zero means the full image.
    func region(within size: ImageSize) throws(NodeError) -> SensorRegion? {
        guard let table = root["roi"] else { return nil }
        guard table.entries != nil else { throw wrong("roi", table, expected: "a table") }
        let x = try integer("x_offset", in: 0...size.width, of: table, section: "roi.")
        let y = try integer("y_offset", in: 0...size.height, of: table, section: "roi.")
        let height = try integer("height", in: 0...size.height, of: table, section: "roi.")
        let width = try integer("width", in: 0...size.width, of: table, section: "roi.")
        let rectify = table["do_rectify"]
        guard rectify?.flag != nil || rectify?.integer == 0 || rectify?.integer == 1 else {
            throw wrong("roi.do_rectify", rectify ?? table, expected: "true or false")
        }
        if x == 0, y == 0, width == 0, height == 0 { return nil }
        guard width > 0, height > 0, x + width <= size.width, y + height <= size.height else {
            throw wrong(
                "roi", table, expected: "a rectangle inside \(size.width)×\(size.height)",
                found: "\(width)×\(height) at (\(x), \(y))")
        }
        return SensorRegion(x: x, y: y, size: ImageSize(width: width, height: height))
    }
}
