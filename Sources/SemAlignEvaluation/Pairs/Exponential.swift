// SPDX-License-Identifier: Apache-2.0

import Glibc

/// e^x.
func exponential(_ x: Float) -> Float { exp(x) }

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// Natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }
