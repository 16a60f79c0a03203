#include "core/frame_hooks.h"

namespace krait {
FrameHooks frame_hooks;
}
