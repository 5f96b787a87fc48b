package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Fit;
import io.catwalk.runner.data.ImageSize;
import io.catwalk.runner.data.ResizeRule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says how the image files of a folder are read, as options of every command that loads a data set. */
final class ImageOptions {

    @Option(names = "--image-size", paramLabel = "WxH", description = "Resize the images of a folder.")
    @Nullable
    private String imageSize;

    @Option(
            names = "--fit",
            paramLabel = "stretch|crop|pad",
            description = "How an image of another shape comes into --image-size: stretched; cropped to its middle; "
                    + "or whole, with black around it. Default: stretch")
    @Nullable
    private String fit;

    /** Says whether any of them is given. */
    boolean areGiven() {
        return imageSize != null || fit != null;
    }

    /**
     * Returns what to resize to, in the form of {@link ResizeRule#parse}.
     *
     * @param said what an experiment file says, which the options win over
     * @return the rule, or null to keep the size
     * @throws RequestException if the options do not say a size
     */
    @Nullable
    String resizing(@Nullable String said) {
        if (!areGiven()) {
            return said;
        }
        ResizeRule ofFile = said == null ? null : ResizeRule.parse(said);
        if (imageSize == null && ofFile == null) {
            throw new RequestException("--fit needs a size to fit into: add --image-size, such as 96x96");
        }
        ImageSize size = imageSize == null && ofFile != null ? ofFile.size() : ImageSize.parse("" + imageSize);
        Fit chosen = fit != null ? Fit.parse(fit) : ofFile == null ? Fit.STRETCH : ofFile.fit();
        return new ResizeRule(size, chosen).toString();
    }
}
