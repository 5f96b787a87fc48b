/**
 * Contract between the program and a classifier plugin: the interface that a plugin implements, the types that it uses,
 * and common layers.
 *
 * <pre>{@code
 * public final class TinyNet implements Classifier {
 *
 *     @Override
 *     public String name() {
 *         return "tiny-net";
 *     }
 *
 *     @Override
 *     public Tags tags() {
 *         return Tags.none().withFamily("convolutional");
 *     }
 *
 *     @Override
 *     public Support supports(Task task) {
 *         return task.height() < 8 ? Support.no("images of fewer than 8 rows") : Support.yes();
 *     }
 *
 *     @Override
 *     public SearchSpace searchSpace() {
 *         return SearchSpace.none().with("filters", 16, 32).with("rate", Choice.range(1e-4, 1e-3, 1e-2).logarithmic());
 *     }
 *
 *     @Override
 *     public Block network(Task task, Hyperparameters chosen) {
 *         Block conv = Layers.conv(chosen.integer("filters"), 3);
 *         return Layers.sequence(conv, Layers.relu(), Layers.flatten(), Layers.dense(task.classes()));
 *     }
 *
 *     @Override
 *     public Recipe recipe(Task task, Hyperparameters chosen) {
 *         return Recipe.standard()
 *                 .withOptimizer(Optimizer.adamW(chosen.number("rate"), 1e-4))
 *                 .withSchedule(Schedule.cosine())
 *                 .withAugmentations(Augmentation.shift(0.1), Augmentation.own())
 *                 .withBalance(Balance.CLASS_WEIGHTS)
 *                 .withSelectBy(Criterion.MACRO_F1)
 *                 .withGroups(ParameterGroup.of("bias", 0.1))
 *                 .withLoss(Loss.OWN);
 *     }
 *
 *     @Override
 *     public BatchLoss loss(Task task, Hyperparameters chosen) {
 *         return (logits, labels) -> logits.sub(labels).square().mean();
 *     }
 *
 *     @Override
 *     public BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
 *         return (images, random) -> images[0][0] = random.nextFloat();
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.catwalk.api;

import org.jspecify.annotations.NullMarked;
