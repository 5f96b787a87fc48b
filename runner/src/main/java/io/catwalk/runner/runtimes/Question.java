package io.catwalk.runner.runtimes;

import java.nio.file.Path;

/**
 * Says what every runner is asked, in files. All paths are absolute.
 *
 * @param model the ONNX file
 * @param signature its {@code signature.json}
 * @param images unsigned bytes from 0 to 255 in the shape of the input, (count, channels, height, width), row-major, one
 *     image after the other and nothing else
 * @param count how many images there are; whole batches where the file has a fixed one
 * @param classes numbers that are expected of each image
 */
public record Question(Path model, Path signature, Path images, int count, int classes) {}
