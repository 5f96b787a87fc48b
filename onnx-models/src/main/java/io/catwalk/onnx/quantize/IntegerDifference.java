package io.catwalk.onnx.quantize;

/**
 * Says how far two runtimes differ in one tensor of whole numbers.
 *
 * @param tensor the tensor
 * @param different how many of its numbers differ, on all images
 * @param largest largest difference of a number, in steps
 * @param images on how many images a number differs
 * @param beginnings on how many of these images all tensors from which it is computed are equal, so that the difference
 *     begins here
 */
public record IntegerDifference(IntegerTensor tensor, long different, int largest, int images, int beginnings) {}
