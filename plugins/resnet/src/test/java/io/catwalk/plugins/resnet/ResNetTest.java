package io.catwalk.plugins.resnet;

import io.catwalk.testkit.ClassifierContract;

final class ResNetTest extends ClassifierContract {

    ResNetTest() {
        super(new ResNet());
    }
}
