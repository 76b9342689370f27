// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct PythonScriptTests {
    @Test("Scripts of launch pass their own tests", .enabled(if: Python.isNamed, "SEMALIGN_PYTHON is unset"))
    func ownTests() throws {
        let outcome = try Python.runScriptTests()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("OK"))
    }
}
