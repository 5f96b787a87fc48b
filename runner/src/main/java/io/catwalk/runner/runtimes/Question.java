package io.catwalk.runner.runtimes;

import java.nio.file.Path;

/**
 * The input of every runner, as files. All paths are absolute.
 *
 * @param model the ONNX file
 * @param signature its {@code signature.json}
 * @param images unsigned bytes from 0 to 255 in the shape of the input, (count, channels, height, width), row-major,
 *     one image after the other and nothing else
 * @param count number of images; a multiple of the batch size if the file has a fixed one
 * @param classes numbers that are expected for each image
 */
public record Question(Path model, Path signature, Path images, int count, int classes) {}
