package io.catwalk.onnx.quantize;

/**
 * Says how far two runtimes differ in one tensor of whole numbers.
 *
 * @param tensor that they made
 * @param different how many of its numbers differ, on all images
 * @param largest largest difference of a number, in steps
 * @param images how many images have such a number
 * @param beginnings how many of these images agree in all tensors that it is made of: what differs there begins with it
 */
public record IntegerDifference(IntegerTensor tensor, long different, int largest, int images, int beginnings) {}
