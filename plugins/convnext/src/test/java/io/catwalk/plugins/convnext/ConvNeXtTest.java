package io.catwalk.plugins.convnext;

import io.catwalk.testkit.ClassifierContract;

final class ConvNeXtTest extends ClassifierContract {

    ConvNeXtTest() {
        super(new ConvNeXt());
    }
}
