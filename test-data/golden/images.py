"""Writes image files of all kinds to images/, and to images.json what Pillow reads in them and resizes them to.

Needs Pillow 11.1 and numpy; run it in this folder. Everything follows from one seed.

The rule for a size (README of test-data/golden, and docs/adr/0013): an axis that shrinks uses BOX, one that grows
BILINEAR; `crop` is ImageOps.fit, `pad` is ImageOps.pad.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.Image import Resampling, Transpose

RANDOM = np.random.default_rng(12)
FOLDER = Path("images")
FORMATS = {}


def smooth(height, width, channels):
    """A picture without sharp edges, which survives a lossy format."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(x / (7 + 2 * c) + c) * np.cos(y / (5 + c)) for c in range(channels)]
    return np.stack(planes, -1).round().astype(np.uint8)


def noise(height, width, channels):
    return RANDOM.integers(0, 256, (height, width, channels), dtype=np.uint8)


def planes(image):
    array = np.asarray(image)
    array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    return {
        "channels": array.shape[0],
        "height": array.shape[1],
        "width": array.shape[2],
        "pixels": base64.b64encode(array.astype(np.uint8).tobytes()).decode(),
    }


def seen(image):
    """Upright, over white, in gray or color."""
    image = ImageOps.exif_transpose(image)
    transparent = "transparency" in image.info or image.mode in ("LA", "RGBA")
    gray = image.mode in ("L", "LA", "1")
    if image.mode == "P":
        palette = np.array(image.getpalette()).reshape(-1, 3)
        gray = bool((palette == palette[:, :1]).all())
    if image.mode.startswith("I;16"):
        return Image.fromarray(np.round(np.asarray(image) / 257).astype(np.uint8))
    if transparent:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB").convert("L") if gray else image.convert("RGB")


def keep(name, content, within=1, image=None):
    """Keeps a file and what is seen in it, which another decoder may differ from so far."""
    (FOLDER / name).write_bytes(content)
    image = Image.open(io.BytesIO(content)) if image is None else image
    FORMATS[name] = {"within": within, **planes(seen(image))}


def written(image, form, **options):
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def png16(array):
    """Pillow writes no color in 16 bits."""
    height, width, _ = array.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def turned(code):
    exif = Image.Exif()
    exif[0x0112] = code
    return exif


def another_profile():
    """sRGB with red and green changed for each other: whoever applies it sees other colors."""
    from PIL import ImageCms

    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return content.replace(b"rXYZ", b"?XYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"?XYZ", b"gXYZ", 1)


def formats():
    gray = Image.fromarray(smooth(17, 23, 1)[..., 0])
    rgb = Image.fromarray(smooth(17, 23, 3))
    sharp = Image.fromarray(noise(17, 23, 3))
    rgba = Image.fromarray(noise(17, 23, 4))
    cmyk = Image.fromarray(smooth(17, 23, 4), "CMYK")
    palette = sharp.quantize(16)

    keep("gray.png", written(gray, "PNG"))
    keep("gray-alpha.png", written(Image.fromarray(noise(17, 23, 2), "LA"), "PNG"))
    keep("color.png", written(sharp, "PNG"))
    keep("color-alpha.png", written(rgba, "PNG"))
    keep("color-key.png", written(sharp, "PNG", transparency=sharp.getpixel((3, 4))))
    keep("gray-key.png", written(gray, "PNG", transparency=gray.getpixel((3, 4))))
    keep("palette.png", written(palette, "PNG"))
    keep("palette-alpha.png", written(palette, "PNG", transparency=bytes([0, 128, 255, 7])))
    keep("one-bit.png", written(Image.fromarray(noise(17, 23, 1)[..., 0]).convert("1"), "PNG"))
    keep("profile.png", written(sharp, "PNG", icc_profile=another_profile()))
    deep = RANDOM.integers(0, 65536, (17, 23), dtype=np.uint16)
    keep("gray16.png", written(Image.fromarray(deep), "PNG"))
    color = RANDOM.integers(0, 65536, (17, 23, 3), dtype=np.uint16)
    keep("color16.png", png16(color), image=Image.fromarray(np.round(color / 257).astype(np.uint8)))

    best = {"quality": 95, "subsampling": 0}
    keep("gray.jpg", written(gray, "JPEG", quality=95))
    keep("color.jpg", written(rgb, "JPEG", **best))
    keep("subsampled.jpg", written(rgb, "JPEG", quality=90, subsampling=2))
    keep("progressive.jpg", written(rgb, "JPEG", progressive=True, **best))
    keep("profile.jpg", written(rgb, "JPEG", icc_profile=another_profile(), **best))
    inks = written(cmyk, "JPEG", quality=95)
    keep("cmyk.jpg", inks)
    at = inks.index(b"Adobe") + 11
    keep("ycck.jpg", inks[:at] + b"\2" + inks[at + 1 :])
    for code in range(1, 9):
        keep(f"turned{code}.jpg", written(rgb, "JPEG", exif=turned(code), **best))

    keep("color.gif", written(sharp.quantize(32), "GIF"))
    keep("gray.gif", written(gray, "GIF"))
    keep("transparent.gif", written(palette, "GIF", transparency=3))
    keep("moving.gif", written(palette, "GIF", save_all=True, append_images=[sharp.quantize(8)]))

    keep("color.bmp", written(sharp, "BMP"))
    keep("gray.bmp", written(gray, "BMP"))
    keep("palette.bmp", written(palette, "BMP"))
    keep("one-bit.bmp", written(gray.convert("1"), "BMP"))
    keep("color-alpha.bmp", written(rgba, "BMP"))

    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        keep(f"{compression}.tif", written(sharp, "TIFF", compression=compression))
    keep("jpeg.tif", written(rgb, "TIFF", compression="jpeg", quality=95))
    keep("gray.tif", written(gray, "TIFF"))
    keep("gray16.tif", written(Image.fromarray(deep), "TIFF"))
    keep("color-alpha.tif", written(rgba, "TIFF"))
    keep("cmyk.tif", written(Image.fromarray(noise(17, 23, 4), "CMYK"), "TIFF"))
    keep("palette.tif", written(palette, "TIFF"))
    keep("fax.tif", written(gray.convert("1"), "TIFF", compression="group4"))
    keep("turned6.tif", written(sharp, "TIFF", exif=turned(6)))

    keep("lossless.webp", written(sharp, "WEBP", lossless=True))
    keep("lossless-alpha.webp", written(rgba, "WEBP", lossless=True, exact=True))
    # TwelveMonkeys repeats each sample of color four times, where Pillow's decoder interpolates.
    keep("lossy.webp", written(rgb, "WEBP", quality=95), 10)
    lossy = Image.fromarray(smooth(17, 23, 4))
    keep("lossy-alpha.webp", written(lossy, "WEBP", quality=95, alpha_quality=100), 10)
    lossy = Image.fromarray(np.dstack([smooth(17, 23, 3), noise(17, 23, 1)]))
    (FOLDER / "raw-alpha.webp").write_bytes(written(lossy, "WEBP", quality=95, alpha_quality=100))
    keep("gray.webp", written(gray, "WEBP", quality=95))
    keep("turned8.webp", written(sharp, "WEBP", lossless=True, exif=turned(8)))
    keep("moving.webp", written(sharp, "WEBP", lossless=True, save_all=True, append_images=[rgb]))
    keep("turned5.png", written(sharp, "PNG", exif=turned(5)))


def fitted(image, size, fit):
    across, down = image.width / size[0], image.height / size[1]
    if fit == "stretch":
        small = (min(size[0], image.width), min(size[1], image.height))
        return image.resize(small, Resampling.BOX).resize(size, Resampling.BILINEAR)
    shrinks = min(across, down) > 1 if fit == "crop" else max(across, down) > 1
    method = Resampling.BOX if shrinks else Resampling.BILINEAR
    return (ImageOps.fit if fit == "crop" else ImageOps.pad)(image, size, method)


def resized():
    pictures = {"noise": Image.fromarray(noise(47, 61, 3)), "steps": Image.fromarray(noise(30, 20, 1)[..., 0])}
    sizes = [(20, 20), (13, 31), (31, 13), (61, 47), (100, 80), (30, 90), (90, 30), (7, 5), (1, 1), (61, 20), (15, 47)]
    for name, picture in pictures.items():
        (FOLDER / f"{name}.png").write_bytes(written(picture, "PNG"))
        for size in sizes:
            for fit in ("stretch", "crop", "pad"):
                yield {"file": f"{name}.png", "fit": fit, **planes(fitted(picture, size, fit))}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    formats()
    content = {"formats": FORMATS, "resized": list(resized())}
    Path("images.json").write_text(json.dumps(content, indent=1) + "\n")
