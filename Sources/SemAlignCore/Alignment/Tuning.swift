import Glibc
nonisolated(unsafe) var tuned: [String: Double] = [:]
func tune(_ name: String, _ value: Double) -> Double {
    if let v = unsafe tuned[name] { return v }
    var r = value
    if let p = unsafe getenv(name) { r = unsafe strtod(p, nil) }
    unsafe tuned[name] = r
    return r
}
