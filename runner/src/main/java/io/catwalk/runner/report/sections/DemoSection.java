package io.catwalk.runner.report.sections;

import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.document.Block.Widget;
import io.catwalk.runner.report.document.Section;
import java.util.List;
import java.util.Optional;

/** The networks, for own images. */
final class DemoSection {

    private DemoSection() {}

    static Optional<Section> of(ReportModel model) {
        return Optional.ofNullable(model.run().demo())
                .map(address -> new Section(
                        "demo",
                        "Try it",
                        "All networks answer for an image that is drawn or dropped here",
                        List.of(new Widget(Widget.Kind.DEMO, address)),
                        address));
    }
}
