# SPDX-License-Identifier: Apache-2.0
"""Tests of launch/convert-features. FIXTURE was written by torch.save of PyTorch 2, then packed smaller."""
import base64, importlib.machinery, importlib.util, io, pathlib, pickle, tempfile, unittest, zipfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("convert_features", str(ROOT / "launch/convert-features"))
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("convert_features", loader))
loader.exec_module(module)

FIXTURE = """
UEsDBBQAAAAIAFN7eV0D9CON+AAAAGwBAAAQAAAAYXJjaGl2ZS9kYXRhLnBrbFWPyU7DMBRF46RQMGEo88zWbCpahg9ACCF5gQib7KLgGBLJar
jJCzukbvvXOLGI1JWvrPvOeW/u/8ITse95Xn0LpqisVD5OGipMzZNKfzSFyRLSs7qskp8phy9EPGzbtpl+aQRuhD+bMqV398kxiJnt3GAlDuyr
vhusypAwfJOekEwG0pc+YU3IUA5sZoT1hVKlMVpRUc5q/lplutLZU6GIg19H2CCEETbdpnfYyu0i+b/8JTWfvXu7c0+wk3fO0bJz1zlZm/cWeY
veJxxEOHToexwtoR+7wyYPPf64w09xYvEB4bTHs/aMM+FSm88d/oJwGeGqGf8BUEsDBBQAAAAIAFN7eV2379yDAwAAAAEAAAAXAAAAYXJjaGl2
ZS8uZm9ybWF0X3ZlcnNpb24zBABQSwMEFAAAAAgAU3t5XT93cekEAAAAAgAAABoAAABhcmNoaXZlLy5zdG9yYWdlX2FsaWdubWVudDMzAQBQSw
MEFAAAAAgAU3t5XYU94xkIAAAABgAAABEAAABhcmNoaXZlL2J5dGVvcmRlcsvJLCnJSQUAUEsDBBQAAAAIAFN7eV14fWY+IgAAADAAAAAOAAAA
YXJjaGl2ZS9kYXRhLzBjYACBBnsg4QBEQNwAxAuA+AAQPwBiBkcGBgEgVgBiA0cAUEsDBBQAAAAIAFN7eV14g6CiGgAAABgAAAAOAAAAYXJjaG
l2ZS9kYXRhLzFjYGCwYXBgcGJwYXBlcGNwZ/Bo8GDwbPAEAFBLAwQUAAAACABTe3lduPUHjAgAAAAGAAAADgAAAGFyY2hpdmUvZGF0YS8yY2Bg
cGhwAABQSwMEFAAAAAgAU3t5XdGeZ1UEAAAAAgAAAA8AAABhcmNoaXZlL3ZlcnNpb24z5gIAUEsDBBQAAAAIAFN7eV1oMjh6IwAAACgAAAAeAA
AAYXJjaGl2ZS8uZGF0YS9zZXJpYWxpemF0aW9uX2lkDcWxAQAwCAKwl1AR8P/H2ixBeExCnxaMZ1G/XlKRYnem8ABQSwECFAMUAAAACABTe3ld
A/QjjfgAAABsAQAAEAAAAAAAAAAAAAAAgAEAAAAAYXJjaGl2ZS9kYXRhLnBrbFBLAQIUAxQAAAAIAFN7eV2379yDAwAAAAEAAAAXAAAAAAAAAA
AAAACAASYBAABhcmNoaXZlLy5mb3JtYXRfdmVyc2lvblBLAQIUAxQAAAAIAFN7eV0/d3HpBAAAAAIAAAAaAAAAAAAAAAAAAACAAV4BAABhcmNo
aXZlLy5zdG9yYWdlX2FsaWdubWVudFBLAQIUAxQAAAAIAFN7eV2FPeMZCAAAAAYAAAARAAAAAAAAAAAAAACAAZoBAABhcmNoaXZlL2J5dGVvcm
RlclBLAQIUAxQAAAAIAFN7eV14fWY+IgAAADAAAAAOAAAAAAAAAAAAAACAAdEBAABhcmNoaXZlL2RhdGEvMFBLAQIUAxQAAAAIAFN7eV14g6Ci
GgAAABgAAAAOAAAAAAAAAAAAAACAAR8CAABhcmNoaXZlL2RhdGEvMVBLAQIUAxQAAAAIAFN7eV249QeMCAAAAAYAAAAOAAAAAAAAAAAAAACAAW
UCAABhcmNoaXZlL2RhdGEvMlBLAQIUAxQAAAAIAFN7eV3RnmdVBAAAAAIAAAAPAAAAAAAAAAAAAACAAZkCAABhcmNoaXZlL3ZlcnNpb25QSwEC
FAMUAAAACABTe3ldaDI4eiMAAAAoAAAAHgAAAAAAAAAAAAAAgAHKAgAAYXJjaGl2ZS8uZGF0YS9zZXJpYWxpemF0aW9uX2lkUEsFBgAAAAAJAA
kARwIAACkDAAAAAA==
"""


class ConvertFeatures(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "JPEGImages/cat").mkdir(parents=True)
        (self.root / "features/cat").mkdir(parents=True)
        (self.root / "JPEGImages/cat/a.jpg").write_bytes(b"")

    def tearDown(self):
        self.folder.cleanup()

    def convert(self, *options):
        import sys

        sys.argv = ["convert-features", str(self.root), *options]
        return module.main()

    def test_reads_what_pytorch_writes(self):
        """A dict of float, half and bfloat16 tensors, one of them a transposed view."""
        content = module.load(io.BytesIO(base64.b64decode(FIXTURE)))
        expected = numpy.arange(12, dtype="f4").reshape(1, 3, 2, 2)
        numpy.testing.assert_array_equal(content["s3"], expected)
        numpy.testing.assert_array_equal(content["s4"], expected.astype("f2").transpose(0, 1, 3, 2))
        numpy.testing.assert_array_equal(content["s5"], expected[:, :, :1, :1] / 2)

    def test_joins_and_normalises_layers(self):
        (self.root / "features/cat/a_sd.pt").write_bytes(base64.b64decode(FIXTURE))
        self.assertEqual(self.convert("--parts", "sd"), 0)
        array = numpy.load(self.root / "features/cat/a.npy")
        self.assertEqual((array.shape, array.dtype), ((2, 2, 9), numpy.float16))
        # Patch (0, 1): s3 = (1, 5, 9), s4 transposed = (2, 6, 10), s5 enlarged = (0, 2, 4), to unit length.
        vector = numpy.array([1, 5, 9, 2, 6, 10, 0, 2, 4], "f4")
        numpy.testing.assert_allclose(array[0, 1], vector / numpy.linalg.norm(vector), atol=1e-3)
        self.assertEqual(self.convert("--parts", "sd"), 0)

    def test_enlarges_as_pytorch_does(self):
        line = numpy.array([[[0.0, 4.0]]], "f4")
        numpy.testing.assert_allclose(module.enlarged(line, 1, 4)[0, 0], [0, 1, 3, 4])

    def test_refuses_what_is_no_tensor(self):
        class Evil:
            def __reduce__(self):
                return (print, ("never",))

        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("a/data.pkl", pickle.dumps(Evil(), 2))
        (self.root / "features/cat/a.pt").write_bytes(data.getvalue())
        self.assertEqual(self.convert(), 65)
        self.assertFalse((self.root / "features/cat/a.npy").exists())

    def test_refuses_a_damaged_file_and_goes_on(self):
        (self.root / "JPEGImages/cat/b.jpg").write_bytes(b"")
        (self.root / "features/cat/a_dino.pt").write_bytes(b"no zip")
        self.assertEqual(self.convert("--parts", "dino"), 65)


if __name__ == "__main__":
    unittest.main()
