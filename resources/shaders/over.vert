#version 440
// What is drawn over the pictures: one rectangle that covers the surface.

layout(location = 0) in vec2 corner;
layout(location = 0) out vec2 at;

layout(std140, binding = 0) uniform Over {
    mat4 clip;
    vec4 size;
};

void main()
{
    at = corner * size.xy;
    gl_Position = clip * vec4(corner.x * 2.0 - 1.0, 1.0 - corner.y * 2.0, 0.0, 1.0);
}
