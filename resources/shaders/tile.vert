#version 440
// One tile: a rectangle of the surface, given in normalised device coordinates.

layout(location = 0) in vec2 corner;   // (0, 0) left top … (1, 1) right bottom
layout(location = 0) out vec2 at;      // device pixels from the left top corner of the tile

layout(std140, binding = 0) uniform Tile {
    mat4 clip;
    mat4 to_rgb;
    vec4 edges;
    vec4 window;
    vec4 sizes;
    vec4 luma;
    vec4 chroma;
    vec4 coding;
    vec4 kind;
    vec4 ground;
};

void main()
{
    at = corner * window.zw;
    gl_Position = clip * vec4(mix(edges.xy, edges.zw, corner), 0.0, 1.0);
}
