#include "SemAlignKernels.h"
